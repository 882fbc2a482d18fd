"""The async faces: the same names as the tracker, the desk and the inbox, over the same code."""
