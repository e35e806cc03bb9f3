"""The Infor simulator: sign-in, M3, CSI, messaging and the demo facade."""
