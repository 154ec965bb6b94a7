/** Who owns a connection, and is told what becomes of it. */
export interface StreamOwner {
  /** So many bytes are in the buffer; below 0 an error number, or `endOfFile`. */
  onRead(length: number): void
  /** The write that the kernel did not take at once is over; below 0 an error number. */
  onWritten(status: number): void
  onShutDown(): void
  onClosed(): void
}

/**
 * A TCP connection as Node's own `net.Socket` has it in hand: libuv's stream without the streams of JavaScript around it.
 * Node documents none of this. The runtime is pinned, and test/wire/tcp-socket.test.ts holds all that is used here.
 */
export interface TcpHandle {
  owner: StreamOwner
  onread: (this: TcpHandle) => void
  readonly fd: number
  /** Handed to libuv. */
  readonly bytesWritten: number
  /** Of these, what the kernel has not taken. */
  readonly writeQueueSize: number
  readonly bytesRead: number
  useUserBuffer(buffer: Buffer): void
  readStart(): number
  readStop(): number
  writeBuffer(request: StreamRequest, bytes: Buffer): number
  writeLatin1String(request: StreamRequest, text: string): number
  shutdown(request: StreamRequest): number
  reset(onClosed: (this: TcpHandle) => void): number
  close(onClosed?: (this: TcpHandle) => void): void
  setNoDelay(isOn: boolean): number
  /** Fills in the address as text; returns an error number, or 0. */
  getpeername(into: { address?: string }): number
}

/** A handle that has no connection yet. */
interface ConnectingHandle extends TcpHandle {
  connect(request: ConnectRequest, address: string, port: number): number
  connect6(request: ConnectRequest, address: string, port: number): number
}

interface ConnectRequest {
  oncomplete: (error: number) => void
}

interface TcpBinding {
  readonly TCP: new (kind: number) => ConnectingHandle
  readonly TCPConnectWrap: new () => ConnectRequest
  readonly constants: { readonly SOCKET: number }
}

interface StreamRequest {
  owner: StreamOwner | undefined
  /** They must stay until the write is over. */
  bytes: Buffer | undefined
  oncomplete: (this: StreamRequest, status: number) => void
}

interface StreamBinding {
  readonly WriteWrap: new () => StreamRequest
  readonly ShutdownWrap: new () => StreamRequest
  readonly streamBaseState: Int32Array
  readonly kReadBytesOrError: number
  readonly kLastWriteWasAsync: number
}

const loadBinding = Reflect.get(process, 'binding') as (name: string) => unknown
const { WriteWrap, ShutdownWrap, streamBaseState, kReadBytesOrError, kLastWriteWasAsync } = loadBinding(
  'stream_wrap',
) as StreamBinding
const { TCP, TCPConnectWrap, constants } = loadBinding('tcp_wrap') as TcpBinding

/** libuv's UV_EOF: the peer has closed its side. */
export const endOfFile = -4095

/** Begins to connect to an IP address; `onConnected` is told an error number, or 0, later and once, also when the handle is closed before. */
export function connectHandle(address: string, port: number, onConnected: (error: number) => void): TcpHandle {
  const handle = new TCP(constants.SOCKET)
  const request = new TCPConnectWrap()
  request.oncomplete = onConnected
  const error = address.includes(':') ? handle.connect6(request, address, port) : handle.connect(request, address, port)
  if (error !== 0) process.nextTick(onConnected, error)
  return handle
}

/** From now on the owner is told; every read goes into that buffer, once reading is started. */
export function adoptHandle(handle: TcpHandle, owner: StreamOwner, readBuffer: Buffer): void {
  handle.owner = owner
  handle.useUserBuffer(readBuffer)
  handle.onread = onRead
}

/** Bytes that the kernel has taken of us; 0 without a handle. */
export function takenBytesOf(handle: TcpHandle | undefined): number {
  return handle === undefined ? 0 : handle.bytesWritten - handle.writeQueueSize
}

/** Error number of the write, or 0. What the kernel does not take at once is sent on: see `wasWriteAsync`. */
export function writeHandle(handle: TcpHandle, bytes: Buffer): number {
  const error = handle.writeBuffer(nextWrite, bytes)
  if (error === 0 && wasWriteAsync()) takeRequest(handle, bytes)
  return error
}

/** The same for text, every char code of which is below 256; Node keeps what the kernel does not take. */
export function writeHandleText(handle: TcpHandle, text: string): number {
  const error = handle.writeLatin1String(nextWrite, text)
  if (error === 0 && wasWriteAsync()) takeRequest(handle, undefined)
  return error
}

/** Of this thread's last write: the kernel did not take it whole, `onWritten` follows, and the bytes must stay until then. */
export function wasWriteAsync(): boolean {
  return streamBaseState[kLastWriteWasAsync] !== 0
}

/** Closes our side behind everything that was written; false when there is nothing to wait for. */
export function shutDownHandle(handle: TcpHandle): boolean {
  const request = new ShutdownWrap()
  request.oncomplete = onShutDown
  request.owner = handle.owner
  return handle.shutdown(request) === 0
}

export function closeHandle(handle: TcpHandle): void {
  handle.close(onClosed)
}

/** Closes with RST. Never between `shutDownHandle` and `onShutDown`: libuv refuses, and Node would not close it any more. */
export function resetHandle(handle: TcpHandle): void {
  handle.reset(onClosed)
}

/** A request is used up only when the kernel does not take everything at once, which is rare: one serves until then. */
let nextWrite = createWrite()

function takeRequest(handle: TcpHandle, bytes: Buffer | undefined): void {
  nextWrite.owner = handle.owner
  nextWrite.bytes = bytes
  nextWrite = createWrite()
}

function createWrite(): StreamRequest {
  const request = new WriteWrap()
  request.oncomplete = onWritten
  request.owner = request.bytes = undefined
  return request
}

function onRead(this: TcpHandle): void {
  this.owner.onRead(streamBaseState[kReadBytesOrError])
}

function onWritten(this: StreamRequest, status: number): void {
  this.owner!.onWritten(status)
}

function onShutDown(this: StreamRequest): void {
  this.owner!.onShutDown()
}

function onClosed(this: TcpHandle): void {
  this.owner.onClosed()
}
