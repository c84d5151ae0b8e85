/** Whose turn it is among those that wait for attempts that are being judged. */
import { expect, it } from 'vitest'
import { BeingJudged } from '../../src/store/being-judged.js'

/** Promises have done what they can when this settles. */
const aMoment = () => new Promise(resolve => setImmediate(resolve))

function crew(others: BeingJudged) {
  const gone: string[] = []
  return {
    gone,
    wait: (name: string, place: 'first' | 'last' = 'last') =>
      void others.nextAfter(others.settledSoFar, place).then(() => gone.push(name)),
  }
}

it('each that is settled lets one look, in the order in which they came', async () => {
  const others = new BeingJudged()
  const { gone, wait } = crew(others)
  for (const name of ['Ann', 'Ben', 'Cem']) wait(name)
  others.add(1)
  others.add(2)
  others.settled(1)
  await aMoment()
  expect(gone).toEqual(['Ann'])
  others.settled(2)
  await aMoment()
  expect(gone).toEqual(['Ann', 'Ben'])
})

it('who looked in vain keeps the first place', async () => {
  const others = new BeingJudged()
  const { gone, wait } = crew(others)
  wait('Ben')
  wait('Ann', 'first')
  others.settled(1)
  await aMoment()
  expect(gone).toEqual(['Ann'])
})

it('nobody waits for one that was settled while they looked', async () => {
  const others = new BeingJudged()
  const before = others.settledSoFar
  others.add(1)
  others.settled(1)
  await expect(others.nextAfter(before, 'last')).resolves.toBeUndefined()
})
