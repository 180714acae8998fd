"""Rapport's own PostgreSQL: finds the programs, makes the cluster, keeps the server alive."""
