/** What is open to the network without TLS: Asterisk's ARI, and Punchline's own pages. */
import { networkInterfaces } from 'node:os'
import type { Config } from '../../config.js'
import { Warning } from './check.js'

const PATIENCE_MS = 1_000

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

/** Asterisk doesn't say what it listens on, so it is tried on each of this machine's addresses. */
export async function checkAriNetwork({ ari }: Config): Promise<string> {
  const { protocol, hostname, port } = new URL(ari.url)
  if (protocol === 'https:') return `encrypted, to ${hostname}`
  if (!isLoopback(hostname)) {
    throw new Warning(
      `ARI's password goes to ${hostname} in the clear. Switch on TLS there, as asterisk-config/README.md says, and set ` +
        'ARI_URL to https://…',
    )
  }
  const answers = await Promise.all(addressesBeyondLoopback().map(host => answersAt(host, port || '80')))
  const open = answers.filter(url => url !== null)
  if (open.length > 0) {
    throw new Warning(
      `Asterisk's HTTP server, and so ARI, is open to the network at ${open.join(' and ')}. Set bindaddr = 127.0.0.1 in ` +
        'http.conf, or switch on TLS and let a firewall admit Punchline alone.',
    )
  }
  return 'on loopback alone'
}

async function answersAt(host: string, port: string): Promise<string | null> {
  const url = `http://${host}:${port}`
  return fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) }).then(
    () => url,
    () => null,
  )
}

function addressesBeyondLoopback(): string[] {
  return Object.values(networkInterfaces())
    .flatMap(found => found ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
    .map(({ family, address }) => (family === 'IPv6' ? `[${address}]` : address))
}

/** A proxy with a certificate runs on this machine, if at all: then the pages need no more than loopback. */
export async function checkPages({ http, linkHttp, monitorHttp }: Config): Promise<string> {
  const listeners = [
    { variable: 'HTTP_HOST', what: 'The pages are', ...http },
    ...(linkHttp ? [{ variable: 'LINK_HOST', what: 'The setup links are', ...linkHttp }] : []),
  ]
  const open = listeners.find(({ host }) => !isLoopback(host))
  if (open) {
    throw new Warning(
      `${open.what} open to the network at ${open.host}:${open.port} without TLS: passwords and PINs can be read on the ` +
        `way. Set ${open.variable}=127.0.0.1 and put a proxy with a certificate before it on this machine.`,
    )
  }
  if (monitorHttp && !isLoopback(monitorHttp.host)) {
    throw new Warning(
      `The monitoring is open to the network at ${monitorHttp.host}:${monitorHttp.port}: it names nobody, but shows how many ` +
        'call and what fails. Let a firewall admit your monitoring alone, or set MONITOR_HOST=127.0.0.1.',
    )
  }
  return 'on loopback alone'
}
