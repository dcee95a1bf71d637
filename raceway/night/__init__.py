"""What runs and when: the only room, beside the inbox's connection, that knows Airflow."""
