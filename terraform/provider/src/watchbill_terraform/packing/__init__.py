"""How the provider gets to Terraform: a folder of plug-ins here, or an archive for a server."""
