#!/bin/sh
# Four joints of the SCARA: one firmware process for each. Prints their pids; Ctrl-C ends them all.
firmware=$(dirname "$0")/../../../firmware/build/posix/twin-posix
joint() { # name, limits in rad or m, greatest velocity, more options
  name=$1 lower=$2 upper=$3 velocity=$4
  shift 4
  "$firmware" --id "$name-mcu" --joint "$name" --lower "$lower" --upper "$upper" --max-velocity "$velocity" "$@" </dev/null &
  devices="$devices $!"
  echo "$name-mcu has pid $!"
}
devices=
trap 'kill $devices' INT TERM
joint shoulder -2.4 2.4 2
joint elbow -2.6 2.6 2.5
joint lift 0 0.16 0.3 --prismatic
joint wrist -3.1 3.1 4
wait
