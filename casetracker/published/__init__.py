"""
Figures the Department for Education has published, as they stood in the release named beside each.

"Education, health and care plans", Open Government Licence v3.0. An empty cell was not published, or was suppressed.
"""
