import { LoadingManager } from "three";
import type { ServerAddress } from "../../client/server-address.ts";
import { assetUrl } from "../net/address.ts";
import { companionUri, fetchAsset } from "../net/asset.ts";

/** The files that one mesh, or a description, names: three's readers fetch them through `manager`. */
export class MeshCompanions {
  readonly manager = new LoadingManager();
  /** By address, why a file is not there. */
  private readonly problems = new Map<string, string>();
  private readonly uris = new Map<string, string>();
  private readonly failed = new Set<string>();
  private loaded: Promise<void> = Promise.resolve();

  /** `mesh`: the address of the file that names them; null: the names are whole addresses. */
  constructor(
    private readonly address: ServerAddress,
    private readonly mesh: string | null,
  ) {
    let done = (): void => undefined;
    this.manager.onStart = () => {
      this.loaded = new Promise((resolve) => {
        done = resolve;
      });
    };
    this.manager.onLoad = () => done();
    this.manager.onError = (url) => this.failed.add(url);
    this.manager.setURLModifier((name) => this.urlOf(name));
  }

  /** The text of a named file; empty where it is not there. */
  async text(name: string): Promise<string> {
    const uri = this.uriOf(name);
    try {
      if (uri === null) throw new Error("is refused: files come from this machine");
      return new TextDecoder().decode(await fetchAsset(this.address, uri));
    } catch (error) {
      this.problems.set(uri ?? name, error instanceof Error ? error.message : String(error));
      return "";
    }
  }

  /** Waits for everything that was named; what says why a file is not there. */
  async settle(): Promise<string[]> {
    await this.loaded;
    for (const url of this.failed) {
      const uri = this.uris.get(url);
      if (uri !== undefined && !this.problems.has(uri)) this.problems.set(uri, await this.faultOf(uri));
    }
    this.failed.clear();
    return [...this.problems].map(([uri, problem]) => `${uri} ${problem}`);
  }

  private async faultOf(uri: string): Promise<string> {
    try {
      await fetchAsset(this.address, uri);
      return "is no picture that this browser can read";
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  private uriOf(name: string): string | null {
    return this.mesh === null ? name : companionUri(this.mesh, name);
  }

  private urlOf(name: string): string {
    if (/^(data|blob):/.test(name)) return name;
    const uri = this.uriOf(name);
    // Never fetched, and reported as refused: the server's own answer to such an address.
    const url = assetUrl(this.address, uri ?? name);
    this.uris.set(url, uri ?? name);
    return url;
  }
}
