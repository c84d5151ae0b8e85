import { afterAll } from 'vitest'
import { type Pbx, type PbxOptions, startPbx } from '../../../scripts/rig/pbx.js'
import { type Punchline, startPunchline } from './punchline.js'

/** A PBX with Punchline for a test file, which ends with its tests. */
export async function startInstallation(options: PbxOptions = {}): Promise<{ pbx: Pbx; punchline: Punchline }> {
  const pbx = await startPbx('test', options)
  const punchline = await startPunchline(pbx)
  afterAll(async () => {
    await punchline.close()
    await pbx.stop()
  })
  return { pbx, punchline }
}
