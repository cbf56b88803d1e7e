"""Tests of the forecast in the database."""
