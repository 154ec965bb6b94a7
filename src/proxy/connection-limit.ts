/** What the process needs besides: files of the recorder, the control socket, and some to spare. */
const reservedFiles = 64
const reservedFilesPerThread = 16

/** Of all files, what is left to connections that wait for their endpoint's next health check. */
const checkShare = 1 / 16

/** A thread serves at least so many clients, however low the limit is. */
const fewestConnections = 8

/**
 * How many clients one thread may have connected: half of its room, since each may need an endpoint's connection too.
 * Beyond the limit of open files nothing could be accepted any more, and the kernel would wake every thread again and
 * again for nothing.
 */
export function maxConnectionsFor(openFilesLimit: number | undefined, threads: number): number {
  if (openFilesLimit === undefined) return Infinity
  const forThreads = openFilesLimit * (1 - checkShare) - reservedFiles
  const forThread = forThreads / threads - reservedFilesPerThread
  return Math.max(fewestConnections, Math.floor(forThread / 2))
}

/** How many connections may wait for their endpoint's next health check. */
export function mostKeptChecks(openFilesLimit: number | undefined): number {
  return openFilesLimit === undefined ? Infinity : Math.floor(openFilesLimit * checkShare)
}
