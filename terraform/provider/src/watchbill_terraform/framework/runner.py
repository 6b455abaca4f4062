"""Runner: one run of the provider, from Terraform's handshake until Terraform is gone.

The socket lies in a private folder. The certificate is made anew for each run and never written
down. If Terraform is killed the provider ends by itself, so that it holds no pipe of a CI job.
"""

from __future__ import annotations

import base64
import os
import signal
import sys
import tempfile
import threading
from concurrent import futures
from typing import Any

#: How Terraform tells a plug-in that it is one.
COOKIE = (
    "TF_PLUGIN_MAGIC_COOKIE",
    "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
)
_PLUGIN_VERSION, _PROTOCOL = 1, 6
_LOOK_S = 0.5


def run(provider: Any) -> int:
    """Serve the provider until Terraform ends it or is gone; return the exit code."""
    if os.environ.get(COOKIE[0]) != COOKIE[1]:
        print(
            "This program is a plug-in: Terraform or OpenTofu starts it. To install it for them,"
            " run: watchbill-terraform install",
            file=sys.stderr,
        )
        return 1
    parent = os.getppid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for Terraform, which then ends us
    over = threading.Event()
    with tempfile.TemporaryDirectory(prefix="watchbill-tf-") as folder:  # mode 0700
        socket = f"{folder}/provider.sock"
        server, certificate = serve(provider, f"unix:{socket}", over)
        line = (_PLUGIN_VERSION, _PROTOCOL, "unix", socket, "grpc", _unpadded(certificate))
        print("|".join(map(str, line)), flush=True)
        while not over.wait(_LOOK_S) and os.getppid() == parent:
            pass
        server.stop(grace=0.2).wait(1)
    return 0


def serve(provider: Any, address: str, over: threading.Event) -> tuple[Any, bytes]:
    """Start the server at an address; return it and its certificate (DER). `over` is set at the end."""
    import grpc
    from tf.gen import grpc_controller_pb2 as controller
    from tf.gen import grpc_controller_pb2_grpc as controller_rpc
    from tf.gen import grpc_stdio_pb2_grpc as stdio_rpc
    from tf.gen import tfplugin_pb2_grpc as provider_rpc

    from watchbill_terraform.framework import certificates, unknowns
    from watchbill_terraform.framework.servicer import Servicer

    class Controller(controller_rpc.GRPCControllerServicer):
        def Shutdown(self, request: Any, context: Any) -> Any:
            over.set()
            return controller.Empty()

    class Stdio(stdio_rpc.GRPCStdioServicer):
        def StreamStdio(self, request: Any, context: Any) -> Any:
            return iter(())

    unknowns.understand_all()
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=10))
    provider_rpc.add_ProviderServicer_to_server(Servicer(provider), server)
    controller_rpc.add_GRPCControllerServicer_to_server(Controller(), server)
    stdio_rpc.add_GRPCStdioServicer_to_server(Stdio(), server)
    key, certificate, der = certificates.make()
    server.add_secure_port(address, grpc.ssl_server_credentials(((key, certificate),)))
    server.start()
    return server, der


def _unpadded(der: bytes) -> str:
    return base64.b64encode(der).decode().rstrip("=")
