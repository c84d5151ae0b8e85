import { describe, expect, it } from 'vitest'
import { formatEvent, formatRtp, parseRtp, type RtpPacket } from '../../scripts/telephone/rtp.js'
import { RtpSender } from '../../scripts/telephone/rtp-sender.js'

/** A sender whose beats give the packets that they sent. */
function sender() {
  let packets: RtpPacket[] = []
  const rtp = new RtpSender('pcmu', 101, datagram => {
    const packet = parseRtp(datagram)
    if (packet) packets.push(packet)
  })
  const beat = () => {
    packets = []
    rtp.beat()
    return packets
  }
  return { rtp, beats: (count: number) => Array.from({ length: count }, beat) }
}

/** An event packet in words. */
function words({ payloadType, marker, payload }: RtpPacket): string {
  if (payloadType !== 101) return 'audio'
  const [event = 0, flags = 0, high = 0, low = 0] = payload
  return `${marker ? 'first ' : ''}${event}${flags & 0x80 ? ' end' : ''} ${high * 256 + low}`
}

describe('RTP', () => {
  it('formats the bytes of RFC 4733', () => {
    expect([...formatEvent(11, true, 1280)]).toEqual([11, 0x8a, 0x05, 0x00])
    const packet = { payloadType: 101, marker: true, sequence: 0x1234, timestamp: 0xfedcba98, ssrc: 0x01020304 }
    expect(formatRtp({ ...packet, payload: formatEvent(5, false, 160) }).toString('hex')).toBe(
      '80e51234fedcba9801020304050a00a0',
    )
  })

  it('reads packets with all that may precede and follow the payload', () => {
    const bytes = Buffer.from('b10000010000000200000003aaaaaaaabede0001bbbbbbbb010203040002', 'hex')
    expect([...(parseRtp(bytes)?.payload ?? [])]).toEqual([1, 2, 3, 4])
    expect(parseRtp(Buffer.from('not rtp'))).toBeNull()
  })
})

describe('the sender', () => {
  it('sends silence, one packet a beat', () => {
    const packets = sender().beats(3).flat()
    expect(packets.map(({ payload }) => payload.length)).toEqual([160, 160, 160])
    expect(packets.every(({ payload }) => payload.every(byte => byte === 0xff))).toBe(true)
    const [first, second, third] = packets
    expect((second?.timestamp ?? 0) - (first?.timestamp ?? 0)).toBe(160)
    expect((third?.sequence ?? 0) - (first?.sequence ?? 0)).toBe(2)
    expect([first?.marker, second?.marker]).toEqual([true, false])
  })

  it('holds a key for 40 ms, and none for another 40', () => {
    const { rtp, beats } = sender()
    beats(1)
    void rtp.press('4*', { tone: 40, gap: 40 })
    expect(beats(7).map(packets => packets.map(words).join(', '))).toEqual([
      'first 4 160',
      '4 320',
      '4 end 320, 4 end 320, 4 end 320, audio',
      'audio',
      'first 10 160',
      '10 320',
      '10 end 320, 10 end 320, 10 end 320, audio',
    ])
  })

  it('keeps an event at the time at which it began, and numbers every packet', () => {
    const { rtp, beats } = sender()
    const start = beats(1)[0]?.[0]
    void rtp.press('1', { tone: 60 })
    const packets = beats(5).flat()
    const since = (packet: RtpPacket | undefined) => (packet?.timestamp ?? 0) - (start?.timestamp ?? 0)
    expect(packets.filter(({ payloadType }) => payloadType === 101).map(since)).toEqual([160, 160, 160, 160, 160, 160])
    expect(packets.filter(({ payloadType }) => payloadType === 0).map(since)).toEqual([640, 800])
    packets.forEach(({ sequence }, i) => {
      expect(sequence).toBe((start?.sequence ?? 0) + 1 + i)
    })
  })

  it('tells when the last key was released', async () => {
    const { rtp, beats } = sender()
    const before = performance.now()
    const released = rtp.press('12', { tone: 40, gap: 40 })
    beats(6)
    let done = false
    void released.then(() => {
      done = true
    })
    await Promise.resolve()
    expect(done).toBe(false)
    beats(1)
    expect(await released).toBeGreaterThanOrEqual(before)
  })

  it('speaks, and pads the last packet with silence', async () => {
    const { rtp, beats } = sender()
    const spoken = rtp.speak(new Int16Array(170).fill(1000))
    const packets = beats(3).flat()
    await spoken
    expect(packets.map(({ payload }) => payload.filter(byte => byte === 0xce).length)).toEqual([160, 10, 0])
  })

  it('has the keys of a telephone only', () => {
    expect(() => sender().rtp.press('12E')).toThrow("no key 'E'")
  })
})
