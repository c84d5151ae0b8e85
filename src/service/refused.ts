/** The service can't be installed, upgraded or rolled back. The message says why and what to do. */
export class ServiceRefused extends Error {}
