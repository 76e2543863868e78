import { networkInterfaces } from "node:os";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openPage, pageAddresses } from "../../../src/app/page-address.ts";
import { eventually } from "../../support/eventually.ts";

describe("the page's address", () => {
  it("is that of the host which it is bound to", () => {
    expect(pageAddresses("127.0.0.1", 8080, null)).toEqual({
      url: "http://127.0.0.1:8080/",
      urlsElsewhere: [],
    });
    expect(pageAddresses("::1", 8080, null).url).toBe("http://[::1]:8080/");
  });

  it("has the token behind the #, where no server's log sees it", () => {
    expect(pageAddresses("10.0.0.7", 8080, "s3cret").url).toBe("http://10.0.0.7:8080/#token=s3cret");
  });

  it.each(["0.0.0.0", "::"])(
    "on all addresses (%s) is this machine's own here, and its network's elsewhere",
    (host) => {
      const { url, urlsElsewhere } = pageAddresses(host, 80, "t");
      expect(url).toBe("http://127.0.0.1:80/#token=t");
      const others = Object.values(networkInterfaces())
        .flat()
        .filter((one) => one?.family === "IPv4" && one.internal === false);
      expect(urlsElsewhere).toEqual(others.map((one) => `http://${one?.address}:80/#token=t`));
    },
  );

  it("behind a proxy is the proxy's, first, with a slash at its end", () => {
    const behind = (url: string) => pageAddresses("127.0.0.1", 80, "t", url).urlsElsewhere;
    expect(behind("https://example.org/robot")).toEqual(["https://example.org/robot/#token=t"]);
    expect(behind("https://example.org/robot/")).toEqual(["https://example.org/robot/#token=t"]);
  });
});

describe("opening the page", () => {
  const { PATH } = process.env;
  afterEach(() => {
    process.env.PATH = PATH;
    vi.restoreAllMocks();
  });

  it("says the address where no browser can be opened", async () => {
    process.env.PATH = "/nowhere";
    const said: string[] = [];
    vi.spyOn(process.stderr, "write").mockImplementation((text) => said.push(String(text)) > 0);
    openPage("http://127.0.0.1:8080/");
    await eventually("the line", () => said.length > 0);
    expect(said.join("")).toMatch(/could not open a browser .*: open http:\/\/127\.0\.0\.1:8080\/ yourself/);
  });
});
