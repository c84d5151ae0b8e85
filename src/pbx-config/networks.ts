/** Whether two addresses or networks, as Asterisk writes them, have an address in common. */
import { BlockList, isIP, isIPv4 } from 'node:net'

interface Network {
  readonly address: string
  readonly prefix: number
  readonly family: 'ipv4' | 'ipv6'
}

/** False for what is neither, such as a host name. */
export function networksOverlap(one: string, other: string): boolean {
  const a = networkOf(one)
  const b = networkOf(other)
  return a !== null && b !== null && a.family === b.family && (contains(a, b) || contains(b, a))
}

function contains(outer: Network, inner: Network): boolean {
  const list = new BlockList()
  list.addSubnet(outer.address, outer.prefix, outer.family)
  return outer.prefix <= inner.prefix && list.check(inner.address, inner.family)
}

/** From 203.0.113.10, 203.0.113.0/28 or 203.0.113.0/255.255.255.240. */
function networkOf(value: string): Network | null {
  const [address = '', mask] = value.split('/')
  if (!isIP(address)) return null
  const longest = isIPv4(address) ? 32 : 128
  const prefix = mask === undefined ? longest : isIPv4(mask) ? bitsSet(mask) : Number(mask)
  const family = isIPv4(address) ? 'ipv4' : 'ipv6'
  return Number.isInteger(prefix) && prefix >= 0 && prefix <= longest ? { address, prefix, family } : null
}

function bitsSet(mask: string): number {
  const binary = mask.split('.').map(part => Number(part).toString(2))
  return binary.join('').replaceAll('0', '').length
}
