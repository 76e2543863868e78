import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Files of a certificate authority, a broker's certificate for 127.0.0.1 and localhost, and a client's. */
export type Certificates = Record<"ca" | "brokerCert" | "brokerKey" | "clientCert" | "clientKey", string>;

/** Makes them with OpenSSL in `folder`; good for a day. */
export function makeCertificates(folder: string): Certificates {
  const at = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const key = (name: string) => openssl("ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", name);
  key("ca.key");
  openssl(
    "req",
    "-x509",
    "-new",
    "-key",
    "ca.key",
    "-subj",
    "/CN=test authority",
    "-days",
    "1",
    "-out",
    "ca.crt",
  );
  const sign = (name: string, subject: string, extension: string) => {
    key(`${name}.key`);
    writeFileSync(at(`${name}.ext`), extension);
    openssl("req", "-new", "-key", `${name}.key`, "-subj", `/CN=${subject}`, "-out", `${name}.csr`);
    const by = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "1"];
    openssl("x509", "-req", "-in", `${name}.csr`, ...by, "-extfile", `${name}.ext`, "-out", `${name}.crt`);
  };
  sign("broker", "localhost", "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
  sign("client", "twin", "extendedKeyUsage=clientAuth\n");
  return {
    ca: at("ca.crt"),
    brokerCert: at("broker.crt"),
    brokerKey: at("broker.key"),
    clientCert: at("client.crt"),
    clientKey: at("client.key"),
  };
}
