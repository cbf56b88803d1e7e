"""
What the Department for Education publishes: what its release files hold, how they are read, and what ships with us.

Shipped: `timeliness.csv`, figures as they stood in the release named beside each (an empty cell was not published, or
was suppressed); `footnotes.csv`, authorities that are not to be ranked; `neighbours.csv`, each authority's ten
statistical neighbours, nearest first. Department for Education, "Education, health and care plans", Open Government
Licence v3.0; and its statistical neighbours, as the sector's tools hold them.
"""
