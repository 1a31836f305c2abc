import { redundantSet, redundantUnit, scenario } from 'assay';

scenario(
  'damaged-boot-record-is-recovered',
  {
    summary:
      'a damaged master boot record is found before anything starts, and written anew; data is not touched (B2, B5, B8)',
    tags: ['known-state'],
  },
  async (bench) => {
    const set = await redundantSet(bench);
    const unit = await redundantUnit(bench, set, 'alpha');
    await unit.damageBootRecord();
    const data = await unit.diskDigest('data');

    await unit.powerOn();
    await unit.says(/ASSAY STEP failed record KNOWN_STATE_BOOT_RECORD_DAMAGED/);
    const [facts] = await unit.says(/ASSAY STEP succeeded recovery (\{.*\})\n/);
    const { bootRecords, writtenBytes } = JSON.parse(facts!);
    bench.check('only the record was written', [bootRecords, writtenBytes], ['system', 0]);
    await unit.cutPower();
    bench.check('the data disk is as it was, byte for byte', await unit.diskDigest('data'), data);
    bench.check('all states are OK', await unit.states(), { 'system-1': 'OK', 'system-2': 'OK' });

    const up = await unit.start();
    bench.check('partition 1 runs', [up.system, up.passedOver], ['system-1', {}]);
    await unit.powerOff();
  },
);
