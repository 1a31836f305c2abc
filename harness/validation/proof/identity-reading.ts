/** What was found of one identity in one place. */
export interface FoundIdentity {
  /** The rule's name. */
  name: string;
  /** `partition 2, /etc/machine-id`, `` `cat /sys/…` ``. */
  from: string;
  /** Null: there is none. Never a secret itself. */
  value: string | null;
  /** Why it could not be read, in one line. */
  problem?: string;
}

/** The same of one clone after one of its boots. */
export interface IdentityReading extends FoundIdentity {
  clone: string;
  /** From 1. */
  boot: number;
}
