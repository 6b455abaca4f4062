"""The command line `watchbill`."""
