/** A backup can't be made or restored. The message says why and what to do. */
export class BackupRefused extends Error {}
