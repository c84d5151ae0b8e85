/** The PBX can't be set up as it was asked. The message says why and what to do. */
export class PbxConfigRefused extends Error {}
