import { readFileSync, unwatchFile, watchFile } from "node:fs";
import { createSecureContext, type Server } from "node:tls";
import { fileFault } from "../files/file-fault.ts";

/** Certificate and key in PEM, by file. */
export type TlsFiles = { cert: string; key: string };

/** How often the files are looked at, ms. */
const lookEveryMs = 2000;

/** Reads certificate and key and checks that they belong together. Throws an Error that names the setting at fault. */
export function readTls({ cert, key }: TlsFiles): { cert: Buffer; key: Buffer; minVersion: "TLSv1.2" } {
  const read = { cert: readPem("cert", cert), key: readPem("key", key), minVersion: "TLSv1.2" as const };
  try {
    createSecureContext(read);
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    if (code === "ERR_OSSL_X509_KEY_VALUES_MISMATCH" || /key values mismatch/i.test(message)) {
      throw new Error(
        `server.tls: ${key} is not the key of the certificate ${cert}: name the two files that were made together`,
      );
    }
    if (/bad decrypt|password|passphrase|interrupted or cancelled/i.test(message)) {
      throw new Error(`server.tls.key: ${key} is encrypted: give a key without a passphrase`);
    }
    throw new Error(`server.tls: ${cert} and ${key} cannot be used: ${message}. Both must be PEM files.`);
  }
  return read;
}

/**
 * Takes a renewed certificate for new connections while the server runs. A pair that cannot be used is reported, and the
 * one before stays. Returns what ends it.
 */
export function watchTls(files: TlsFiles, server: unknown, warn: (text: string) => void): () => void {
  const renew = (): void => {
    try {
      (server as Server).setSecureContext(readTls(files));
    } catch (error) {
      warn(`${(error as Error).message}; the certificate that was read before stays in use`);
    }
  };
  const paths = [files.cert, files.key];
  for (const path of paths) watchFile(path, { interval: lookEveryMs, persistent: false }, renew);
  return () => {
    for (const path of paths) unwatchFile(path, renew);
  };
}

function readPem(field: "cert" | "key", path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Error(
      `server.tls.${field}: ${path}: ${fileFault(error)}. Check the path and the rights of the file.`,
    );
  }
}
