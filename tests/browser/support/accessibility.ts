/** What axe finds wrong with a page: nothing, or the rules with the elements that break them. */
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

export async function violations(page: Page): Promise<[string, string[]][]> {
  // Legacy: in the page itself, which is all there is to a page without frames, and much faster.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
  return violations.map(({ id, nodes }) => [id, nodes.map(node => node.html)])
}
