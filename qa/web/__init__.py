"""The answerer in a browser and over HTTP."""

import os

# Gradio reports to its makers unless this stands before it is imported.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
# After every so many events it works out statistics for a page that is not served here.
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = "1000000000"
