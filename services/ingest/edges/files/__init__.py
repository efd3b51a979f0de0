"""Text files of automatic stations, dropped into a folder or fetched over SFTP."""
