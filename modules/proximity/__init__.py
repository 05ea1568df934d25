"""Who was near whom: columns of fixes in, columns of meetings out. No database, no network, no setting."""
