#!/bin/sh
# Fetches the sources of lwIP 2.1.3, which only the mps2 port needs, into firmware/build/lwip: Debian's source package.
# A sources list of its own is derived from the machine's, with deb-src; the machine's stays as it is.
set -eu
cd "$(dirname "$0")/.."
into=${1:-build/lwip}
wanted=2.1.3

# Lines end in CR LF there.
is_there() {
  [ -f "$into/src/include/lwip/init.h" ] &&
    [ "$(tr -d '\r' <"$into/src/include/lwip/init.h" |
      sed -n 's/^#define LWIP_VERSION_\(MAJOR\|MINOR\|REVISION\) *//p' | tr '\n' .)" = "$wanted." ]
}

if is_there; then exit 0; fi
command -v dpkg-source >/dev/null || { echo 'fetch-lwip: dpkg-source is missing: apt-get install dpkg-dev' >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/parts" "$work/src"
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
  if [ -f "$list" ]; then sed -n 's/^deb /deb-src /p' "$list" >>"$work/parts/source.list"; fi
done
for list in /etc/apt/sources.list.d/*.sources; do
  if [ -f "$list" ]; then sed 's/^Types:.*/Types: deb-src/' "$list" >"$work/parts/$(basename "$list")"; fi
done
options="-o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts=$work/parts -o Dir::State::Lists=$work/lists
  -o APT::Sandbox::User=root -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache="
echo "fetch-lwip: lwIP $wanted from Debian's source package" >&2
# shellcheck disable=SC2086
apt-get $options update -qq
# shellcheck disable=SC2086
(cd "$work/src" && apt-get $options source -qq --download-only "lwip=$wanted*" 2>/dev/null ||
  apt-get $options source -qq --download-only lwip)
dpkg-source --no-check -x "$work"/src/lwip_*.dsc "$work/lwip" >/dev/null
mkdir -p "$(dirname "$into")"
rm -rf "$into"
mv "$work/lwip" "$into"
is_there || { echo "fetch-lwip: what came is not lwIP $wanted" >&2; exit 1; }
