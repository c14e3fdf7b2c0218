"""Serves a GGUF model by llama.cpp on this machine, as an OpenAI-compatible server on a free port, until it is stopped
or the process that started it is gone. Its only line on standard output is the address, once it answers.

    llm-server.py MODEL.gguf REQUESTS_AT_ONCE TOKENS_A_REQUEST
"""

import os
import sys
import time

import xllamacpp


def main():
    weights, at_once, tokens = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    parent = os.getppid()
    params = xllamacpp.CommonParams()
    params.model.path = weights
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    # The context is divided by the requests at once.
    params.n_parallel = at_once
    params.n_ctx = at_once * tokens
    params.cpuparams.n_threads = os.cpu_count()
    params.cpuparams_batch.n_threads = os.cpu_count()
    params.verbosity = 0
    params.sampling.seed = 42
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    while os.getppid() == parent:
        time.sleep(1)


main()
