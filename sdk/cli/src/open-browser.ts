import { spawn } from 'node:child_process'

/** Opens an address where there is a screen and somebody before it; does nothing otherwise. */
export function openBrowser(address: string): void {
  const isDesktop = process.platform !== 'linux' || process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']
  if (!process.stdout.isTTY || process.env['CI'] || !isDesktop) return
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', address]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', address]
        : ['xdg-open', address]
  const child = spawn(command ?? '', args, { stdio: 'ignore', detached: true })
  child.on('error', () => {})
  child.unref()
}
