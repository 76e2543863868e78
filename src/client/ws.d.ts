/** All that the library takes from the package `ws`; its full types would bring Node's along (tsconfig.client.json). */
export const WebSocket: new (url: string, subprotocol: string) => unknown;
