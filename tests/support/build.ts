/** Builds before tests that run what is delivered; what is built already stays untouched, as other tests may be running it. */
import { execFileSync } from 'node:child_process'

export default function build(): void {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' })
}
