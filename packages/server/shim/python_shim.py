"""Calls one Python function for Upon: python_shim.py FOLDER (file PATH | module NAME) FUNCTION.

FOLDER/parameters.json holds the keyword arguments; how the call ended is written to FOLDER/report.json.
Runs on Python 3.8 and later without dependencies. Modules only failures need are imported where they are needed,
because every import here delays the start of every run.
"""

import json
import os
import sys

RESULT_BYTES_MAX = 1024 * 1024
REPR_CHARS_MAX = 10_000
MESSAGE_CHARS_MAX = 10_000
TRACEBACK_CHARS_MAX = 64 * 1024

NO_ENGINE = "Upon runs the plain function of a flow and never starts Prefect's server."


class EntrypointError(Exception):
    """The function could not be called at all; the message is all a user needs."""


class PrefectEngineNeeded(Exception):
    """The user's code called something that only works inside Prefect's engine."""


class PrefectGuard:
    """Lets Prefect be imported, but not its engine be started: finds its modules as usual and takes the start buttons off."""

    # What would create a run or a server: by module, the methods of a class and its subclasses, and functions.
    GUARDED = {
        "prefect.flows": ("Flow", ("__call__", "serve", "deploy"), ()),
        "prefect.tasks": ("Task", ("__call__", "submit", "map", "delay", "apply_async", "serve"), ()),
        "prefect.server.api.server": ("SubprocessASGIServer", ("start",), ("create_app",)),
    }

    def find_spec(self, name, path=None, target=None):
        if name == "prefect":
            os.environ["PREFECT_SERVER_ALLOW_EPHEMERAL_MODE"] = "false"
            os.environ["PREFECT_LOGGING_TO_API_ENABLED"] = "false"
        if name not in self.GUARDED:
            return None
        from importlib.machinery import PathFinder

        spec = PathFinder.find_spec(name, path)
        if spec is not None and spec.loader is not None:
            block_after(spec.loader, *self.GUARDED[name])
        return spec


def block_after(loader, base_name, methods, functions):
    """Makes the loader replace what starts an engine as soon as its module is there."""
    execute = loader.exec_module

    def exec_module(module):
        execute(module)
        base = getattr(module, base_name, None)
        for owner in [value for value in vars(module).values() if isinstance(value, type)]:
            for method in methods:
                if base is not None and issubclass(owner, base) and method in vars(owner):
                    setattr(owner, method, refusal(base_name.lower(), method))
        for function in functions:
            setattr(module, function, refuse_server)

    loader.exec_module = exec_module


def refusal(kind, method):
    def refuse(self, *args, **kwargs):
        name = getattr(getattr(self, "fn", None), "__name__", None)
        if name is None:
            refuse_server()
        called = name if method == "__call__" else "%s.%s" % (name, method)
        words = "this flow calls the %s `%s`, which needs Prefect's engine; %s Call `%s.fn(...)` for its plain function."
        raise PrefectEngineNeeded(words % (kind, called, NO_ENGINE, name))

    return refuse


def refuse_server(*args, **kwargs):
    raise PrefectEngineNeeded("this flow uses something that starts a server of Prefect; " + NO_ENGINE)


def python_words():
    return "Python %d.%d.%d at %s" % (*sys.version_info[:3], sys.executable)


def load_file(path):
    """Executes the file as a module that worker processes of multiprocessing can import too."""
    import importlib.util

    stem = os.path.splitext(os.path.basename(path))[0]
    name = stem if stem.isidentifier() and stem not in sys.modules else "upon_entrypoint"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def load_module(name):
    import importlib

    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(error.name + ".")):
            where = "in %s or the packages of %s" % (os.getcwd(), python_words())
            raise EntrypointError("there is no module `%s` %s" % (error.name, where)) from None
        raise


def find_function(module, name):
    found = module
    for part in name.split("."):
        if not hasattr(found, part):
            raise EntrypointError(missing_function(module, name))
        found = getattr(found, part)
    if not callable(found):
        raise EntrypointError("`%s` in %s is not a function but %s" % (name, origin(module), type(found).__name__))
    return found


def missing_function(module, name):
    import difflib

    own = [
        key
        for key, value in vars(module).items()
        if callable(value) and not key.startswith("_") and getattr(value, "__module__", None) == module.__name__
    ]
    close = difflib.get_close_matches(name, own, 1)
    hint = "; did you mean `%s`?" % close[0] if close else ""
    return "there is no function `%s` in %s%s Functions there: %s" % (
        name,
        origin(module),
        hint or ".",
        ", ".join(own) or "none",
    )


def origin(module):
    return getattr(module, "__file__", None) or module.__name__


def plain_function(function):
    """A Prefect flow is run as the function it wraps."""
    for owner in type(function).__mro__:
        if owner.__module__ == "prefect.flows" and hasattr(function, "fn"):
            return function.fn
        if owner.__module__ == "prefect.tasks" and hasattr(function, "fn"):
            raise EntrypointError("`%s` is a task of Prefect; an entrypoint names a flow or a function" % function.fn.__name__)
    return function


def call(function, parameters):
    try:
        result = function(**parameters)
        if hasattr(result, "__await__"):
            import asyncio

            result = asyncio.run(awaited(result))
        return drained(result)
    except TypeError:
        mismatch = parameter_mismatch(function, parameters)
        if mismatch is None:
            raise
        raise EntrypointError(mismatch) from None


async def awaited(result):
    return await result


def drained(result):
    """A generator function does its work only while it is asked for values: they are the result."""
    if hasattr(result, "__next__") and hasattr(result, "gi_code"):
        return list(result)
    if hasattr(result, "__anext__") and hasattr(result, "ag_code"):
        import asyncio

        return asyncio.run(collected(result))
    return result


async def collected(result):
    return [value async for value in result]


def parameter_mismatch(function, parameters):
    """Why the parameters do not fit the function, or None when they do (or the function does not tell)."""
    import inspect

    try:
        signature = inspect.signature(function)
    except ValueError:
        return None
    try:
        signature.bind(**parameters)
        return None
    except TypeError as error:
        name = getattr(function, "__name__", "the function")
        given = ", ".join(parameters) or "none"
        return "parameters do not fit `%s%s`: %s. Given: %s" % (name, signature, error, given)


def encode_result(result):
    """The result as JSON bytes, with what to warn about."""
    try:
        encoded = json.dumps(result, allow_nan=False, ensure_ascii=False)
        warnings = []
    except Exception as error:
        encoded, warnings = encode_repr(result, error)
    data = encoded.encode("utf-8", "replace")
    if len(data) > RESULT_BYTES_MAX:
        return b"null", ["the result is %d bytes of JSON, more than %d: it was not kept" % (len(data), RESULT_BYTES_MAX)]
    return data, warnings


def encode_repr(result, error):
    reason = "the result (%s) is not JSON (%s)" % (type(result).__name__, error)
    try:
        return json.dumps(repr(result)[:REPR_CHARS_MAX]), [reason + ": its repr() was kept"]
    except Exception:
        return "null", [reason + ": it was not kept"]


def write_report(folder, data):
    """Written aside and renamed, so that a report is whole or absent."""
    path = os.path.join(folder, "report.json")
    descriptor = os.open(path + ".part", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    os.replace(path + ".part", path)


def report_returned(folder, result):
    data, warnings = encode_result(result)
    write_report(folder, b'{"outcome":"returned","result":%s,"warnings":%s}' % (data, json.dumps(warnings).encode()))


def report_raised(folder, kind, message, traceback_text):
    report = {"outcome": "raised", "type": kind, "message": message[:MESSAGE_CHARS_MAX]}
    if traceback_text is not None:
        report["traceback"] = traceback_text[-TRACEBACK_CHARS_MAX:]
    write_report(folder, json.dumps(report).encode())


def describe(error):
    """The words for a failure: plain ones where the cause is Prefect or a missing module, else the error's own."""
    kind = type(error)
    if kind.__module__ == "prefect.exceptions" and kind.__name__ == "MissingContextError":
        return (
            "this flow calls get_run_logger or reads a run context, which needs Prefect's engine; %s "
            "print() and the logging module reach the run's logs. (%s)" % (NO_ENGINE, error)
        )
    if isinstance(error, ValueError) and str(error).startswith("No Prefect API URL"):
        return "%s (%s)" % (error, NO_ENGINE)
    if isinstance(error, ModuleNotFoundError) and error.name is not None:
        root = error.name.partition(".")[0]
        if root == error.name or root not in sys.modules:
            return "`%s` is not installed in %s (or not beside the entrypoint)" % (root, python_words())
    if isinstance(error, ImportError) and "attempted relative import" in str(error):
        return "%s; name the entrypoint by its package instead, as package.module.function" % error
    if isinstance(error, SyntaxError):
        return "%s, line %s: %s" % (error.filename, error.lineno, error.msg)
    return str(error) or kind.__name__


def user_traceback(error):
    """The traceback without the shim's own frames and the import machinery before the user's."""
    import traceback

    frames = error.__traceback__
    while frames is not None and is_machinery(frames.tb_frame.f_code.co_filename):
        frames = frames.tb_next
    return "".join(traceback.format_exception(type(error), error, frames))


def is_machinery(filename):
    return filename == __file__ or filename.startswith("<frozen importlib")


def fail(folder, error):
    """Reports the failure, prints it to stderr and returns the exit code."""
    message = describe(error)
    planned = isinstance(error, EntrypointError)
    text = None if planned else user_traceback(error)
    report_raised(folder, type(error).__name__, message, text)
    if text is not None:
        sys.stderr.write(text)
    if text is None or message not in text:
        sys.stderr.write(message + "\n")
    return 1


def run(folder, kind, target, name):
    with open(os.path.join(folder, "parameters.json"), encoding="utf-8") as file:
        parameters = json.load(file)
    module = load_file(target) if kind == "file" else load_module(target)
    report_returned(folder, call(plain_function(find_function(module, name)), parameters))


def import_paths(kind, target):
    """As `python file.py` in the working directory would have them, and without the shim's own folder."""
    own = os.path.dirname(os.path.abspath(__file__))
    beside = [os.path.dirname(target)] if kind == "file" else []
    wanted = [path for path in dict.fromkeys(beside + [os.getcwd()]) if path not in sys.path]
    return wanted + [path for path in sys.path if os.path.abspath(path) != own]


def main(folder, kind, target, name):
    sys.argv = [target]
    sys.path[:] = import_paths(kind, target)
    sys.meta_path.insert(0, PrefectGuard())
    try:
        run(folder, kind, target, name)
        return 0
    except SystemExit as error:
        if error.code not in (None, 0):
            report_raised(folder, "SystemExit", "the code called sys.exit(%r)" % (error.code,), None)
        raise
    except BaseException as error:
        return fail(folder, error)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:5]))
