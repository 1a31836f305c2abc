/** An account that somebody can log in to, without its hash. */
export interface LoginAccount {
  name: string;
  state: 'password' | 'empty-password';
  /** Of a password: `yescrypt`, `SHA-512`; undefined where it is not known. */
  method?: string;
}

/** So many of one file; the rest is not looked at. */
const mostAccounts = 10_000;

/** crypt(5), "AVAILABLE HASHING METHODS". */
const methods: Record<string, string> = {
  '1': 'MD5',
  '2a': 'bcrypt',
  '2b': 'bcrypt',
  '2x': 'bcrypt',
  '2y': 'bcrypt',
  '5': 'SHA-256',
  '6': 'SHA-512',
  '7': 'scrypt',
  gy: 'gost-yescrypt',
  md5: 'SunMD5',
  sha1: 'SHA-1',
  y: 'yescrypt',
};

/**
 * The accounts of a text as shadow(5) or passwd(5) describes it whose password is usable or empty. Locked ones (`!`, `*`) and those whose password is in
 * the other file (`x`) are left out, and so are the lines of NIS (`+`).
 */
export function loginAccounts(content: Buffer): LoginAccount[] {
  const accounts: LoginAccount[] = [];
  for (const line of content.toString('utf8').split('\n', mostAccounts)) {
    const [name = '', hash] = line.split(':', 2);
    if (hash === undefined || !/^[^+#\s-]/.test(name)) continue;
    if (hash === '') accounts.push({ name, state: 'empty-password' });
    else if (/^\$[^$]{1,20}\$.{8}/.test(hash)) {
      const method = methods[hash.split('$')[1]!];
      accounts.push({ name, state: 'password', ...(method === undefined ? {} : { method }) });
    } else if (/^(?:[./0-9A-Za-z]{13}|_[./0-9A-Za-z]{19})$/.test(hash)) {
      accounts.push({ name, state: 'password', method: 'DES' });
    }
  }
  return accounts;
}
