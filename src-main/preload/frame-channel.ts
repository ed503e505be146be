/** The one channel between window and program; its messages are the text frames of `shared/rpc/channel.ts`. */
export const frameChannel = 'godwit:frame'
