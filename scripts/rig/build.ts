/** Builds what is delivered, before it is tested, broken or measured; what is built already stays untouched, as others may be running it. */
import { execFileSync } from 'node:child_process'

export default function build(): void {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' })
}
