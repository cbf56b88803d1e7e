"""Tests of real brokers."""
