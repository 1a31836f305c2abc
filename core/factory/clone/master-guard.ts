/** A disk that is about to be cloned. */
export interface GuardedMaster {
  path: string;
  sizeBytes: number;
}

/** Has the last word on whether a master is cloned, for those who were promised something of its bytes. */
export interface MasterGuard {
  /**
   * Called once, after all other checks and before anything is written. What it throws ends the cloning. Whether the
   * masters change from here on is watched.
   */
  check(masters: readonly GuardedMaster[]): Promise<void>;
  /** Called for each time that a master is read for clones. */
  watch(master: GuardedMaster): MasterWatch;
}

/** Sees every byte that clones are made of. */
export interface MasterWatch {
  /**
   * Called in the order of the positions, without gaps, and perhaps before the last call has ended. The bytes are not
   * changed before its promise is settled, and not valid afterwards.
   */
  onBytes(positionBytes: number, bytes: Buffer): Promise<void>;
  /** After the last byte. What it throws keeps what was written from becoming a clone. */
  finish(): Promise<void>;
}
