/** A parameter can't be taken. The message says which, and why. */
export class BadParameter extends Error {}
