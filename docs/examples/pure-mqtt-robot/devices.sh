#!/bin/sh
# Four joints of the arm, each the firmware as a process of its own. Ctrl-C ends them all.
firmware=$(dirname "$0")/../../../firmware/build/posix/twin-posix
joint() { # name, limit in rad, greatest velocity in rad/s
  "$firmware" --id "$1-mcu" --joint "$1" --lower "-$2" --upper "$2" --max-velocity "$3" </dev/null &
  devices="$devices $!"
}
devices=
trap 'kill $devices' INT TERM
joint shoulder_pan 3.1 2.2
joint shoulder_lift 2 2.2
joint elbow 2.4 2.6
joint wrist_1 3.1 3.2
wait
