"""Writes when each task began and when each host was done with it, as JSON lines, to the file that TIMES names."""
import json
import os
import time

from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "times"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self):
        super().__init__()
        self.file = open(os.environ["TIMES"], "w", buffering=1)

    def write(self, **said):
        print(json.dumps({"at": round(time.time(), 3), **said}), file=self.file)

    def v2_playbook_on_task_start(self, task, is_conditional):
        self.write(task=task.get_name())

    def v2_runner_on_ok(self, result):
        self.write(host=result._host.get_name(), successful=True)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self.write(host=result._host.get_name(), successful=False)
