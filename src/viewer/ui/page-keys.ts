/** What the keys do on this page. */
export const pageKeys = [
  ["Space", "Stops all robots. A text field keeps it, and a checkbox, switch or choice reached by Tab."],
  ["Enter", "Presses a button; sets a checkbox or switch; jogs while held on − and +."],
  ["Esc", "Drops the ghost. In the past: back to live."],
  ["W A S D, arrows", "Drive while held, with the Drive panel open. Q and E: sideways."],
  ["Ctrl K", "Commands: panels, views, layers, topics. On a Mac ⌘ K."],
  [
    "Ctrl Z",
    "Takes the last change of the view back: camera, panel, layers, selection. With Shift: again. On a Mac ⌘ Z.",
  ],
  ["Shift click", "On a panel's button: opens it below the panel that is open."],
  ["?", "These keys."],
  ["K", "Pauses, and plays the past on. Not while you drive, as all keys of time."],
  ["L", "Back to live."],
  [", .", "Step 0.1 s back, forward. With Shift 1 s."],
  ["[ ]", "To the previous, the next event."],
  ["R", "Loop: begin here, end here, off."],
  ["Arrows, Page, Home, End", "On the timeline: by 1 % and 10 %; to the oldest; back to live."],
  ["Wheel", "On the timeline: zooms. With Shift, or dragged with Shift: moves it."],
  ["Tab, arrows", "Go to the next control; move a slider."],
] as const;
