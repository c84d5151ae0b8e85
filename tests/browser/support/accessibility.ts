/** Whether a page serves everybody: by axe's rules, and on a screen of any width. */
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** Of a page as it is, with all that it hides unfolded. `what` names it in a failure. */
export async function expectFit(page: Page, what: string): Promise<void> {
  await page.evaluate('document.querySelectorAll("details").forEach(each => { each.open = true })')
  expect([what, await violations(page)]).toEqual([what, []])
  const width = page.viewportSize()?.width
  expect([what, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([what, width])
}

/** What axe finds wrong with a page: nothing, or the rules with the elements that break them. */
export async function violations(page: Page): Promise<[string, string[]][]> {
  // Legacy: in the page itself, which is all there is to a page without frames, and much faster.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
  return violations.map(({ id, nodes }) => [id, nodes.map(node => node.html)])
}
