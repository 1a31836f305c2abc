export {
  type JsonPayload,
  type LicenceRecord,
  type ManufacturingRecord,
  type ManufacturingStage,
  manufacturingStages,
  openRecords,
} from './open-records.ts';
export {
  decodeRecord,
  encodeRecord,
  type LayoutRecordKind,
  layoutRecordKinds,
  type RecordCopy,
  type RecordKind,
  recordFormat,
  recordKindNumbers,
  recordKinds,
} from './record-format.ts';
export { type PayloadCodec, type RecordReading, type RecordSlot, RecordStore } from './record-store.ts';
