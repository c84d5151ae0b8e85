/** Which of Asterisk's own files include Punchline's: on a bare Asterisk, and on FreePBX, which writes its main files anew. */

export type Distribution = 'plain' | 'freepbx'

export interface Layout {
  /** How it is called in sentences. */
  readonly name: string
  /** The files that get an include line, each at its end. */
  readonly pjsip: string
  readonly extensions: string
  readonly ari: string
  readonly http: string
  /** Where the company's own trunks lead calls; null: only the company knows. */
  readonly trunkContext: string | null
  /** The command with which Asterisk takes what was written. */
  readonly reload: string
}

export const LAYOUTS: { readonly [D in Distribution]: Layout } = {
  plain: {
    name: 'Asterisk',
    pjsip: 'pjsip.conf',
    extensions: 'extensions.conf',
    ari: 'ari.conf',
    http: 'http.conf',
    trunkContext: null,
    reload: 'asterisk -rx "core reload"',
  },
  freepbx: {
    name: 'FreePBX',
    pjsip: 'pjsip_custom.conf',
    extensions: 'extensions_custom.conf',
    ari: 'ari_additional_custom.conf',
    http: 'http_custom.conf',
    // FreePBX leaves this one to the company, and looks into it before its own inbound routes.
    trunkContext: 'from-pstn-custom',
    reload: 'fwconsole reload',
  },
}
