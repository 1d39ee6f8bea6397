import logging

logger = logging.getLogger("vultus")
